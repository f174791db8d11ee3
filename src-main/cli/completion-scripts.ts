/** What the scripts call: `weir __complete <words so far>`, the last word unfinished. */
export const COMPLETE_COMMAND = '__complete'
/** A line of the answer that asks the shell for paths as well. */
export const FILES_DIRECTIVE = ':files'

const bash = `# bash completion for weir
_weir() {
  local line files=0 cur="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == '${FILES_DIRECTIVE}' ]]; then files=1; else COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <(weir ${COMPLETE_COMMAND} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if (( files )); then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
  fi
}
complete -F _weir weir`

const zsh = `#compdef weir
# zsh completion for weir
_weir() {
  local line files=0
  local -a candidates
  while IFS= read -r line; do
    if [[ $line == '${FILES_DIRECTIVE}' ]]; then files=1; continue; fi
    local name="\${line%%$'\\t'*}" about="\${line#*$'\\t'}"
    candidates+=("\${name//:/\\\\:}:$about")
  done < <(weir ${COMPLETE_COMMAND} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#candidates} )) && _describe -V weir candidates
  (( files )) && _files
  return 0
}
compdef _weir weir`

const fish = `# fish completion for weir
function __weir_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  for line in (weir ${COMPLETE_COMMAND} $words "$current" 2>/dev/null)
    if test "$line" = '${FILES_DIRECTIVE}'
      __fish_complete_path "$current"
    else
      printf '%s\\n' "$line"
    end
  end
end
complete -c weir -f -a '(__weir_complete)'`

export const completionScripts: Readonly<Record<string, string>> = { bash, zsh, fish }
