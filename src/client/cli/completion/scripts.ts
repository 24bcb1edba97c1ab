/** Each script asks `wharf __complete WORDS…` and offers the lines of the answer. */
const scripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for wharf
_wharf() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  local candidates
  candidates=$("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null) || return
  if [ "$candidates" = ":files" ]; then
    compopt -o default
    COMPREPLY=()
    return
  fi
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _wharf wharf
`,
  zsh: `#compdef wharf
_wharf() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" __complete "\${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}")
  if [[ "\${candidates[1]}" == ":files" ]]; then
    _files
  else
    compadd -a candidates
  fi
}
compdef _wharf wharf
`,
  fish: `# fish completion for wharf
function __wharf_complete
  set -l words (commandline -opc)[2..-1] (commandline -ct)
  set -l candidates (wharf __complete $words 2>/dev/null)
  if test "$candidates" = ":files"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $candidates
  end
end
complete -c wharf -f -a '(__wharf_complete)'
`,
};

/** The script that makes a shell complete wharf's command lines; undefined for a shell that is not known. */
export function completionScript(shell: string): string | undefined {
  return Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
}
