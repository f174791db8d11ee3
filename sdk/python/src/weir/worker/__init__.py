"""The worker: connects a folder of code to an engine and runs its targets in warm processes."""
