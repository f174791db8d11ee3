#!/bin/sh
# dpkg also calls this while it upgrades: then the new files are in place, and their links must stay.
case "$1" in remove | purge) ;; *) exit 0 ;; esac
for link in /usr/bin/weir '/usr/bin/${executable}'; do
  case "$(readlink "$link" 2>/dev/null)" in '/opt/${sanitizedProductName}/'*) rm -f "$link" ;; esac
done
if [ -f '/etc/apparmor.d/${executable}' ]; then
  command -v apparmor_parser >/dev/null && apparmor_parser --remove '/etc/apparmor.d/${executable}' >/dev/null 2>&1
  rm -f '/etc/apparmor.d/${executable}'
fi
command -v update-mime-database >/dev/null && update-mime-database /usr/share/mime
command -v update-desktop-database >/dev/null && update-desktop-database -q /usr/share/applications
exit 0
