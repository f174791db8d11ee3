/**
 * A file that starts a program at sign-in on Linux.
 * @param words of the command; they are quoted as the Desktop Entry Specification says
 */
export function desktopEntry(words: readonly string[]): string {
  const exec = words.map((word) => `"${word.replace(/[\\"`$]/g, '\\$&').replaceAll('%', '%%')}"`).join(' ')
  return `[Desktop Entry]
Type=Application
Name=Weir
Comment=The workflow engine for workstations and labs
Exec=${exec.replaceAll('\\', '\\\\')}
Icon=weir
Terminal=false
X-GNOME-Autostart-enabled=true
`
}
