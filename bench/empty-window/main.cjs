// The least that a desktop can be: one window with one heading. What Weir's own window is measured against.
const { app, BrowserWindow } = require('electron')

void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1360, height: 860, webPreferences: { sandbox: true } })
  return window.loadURL('data:text/html,<title>Empty</title><h1>Empty</h1>')
})
app.on('window-all-closed', () => app.quit())
