/** Each script asks `wharf __complete WORDS…` and offers the lines of the answer. */
const scripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for wharf
_wharf() {
  local line="\${COMP_LINE:0:COMP_POINT}" words candidates candidate
  # Bash breaks words at = and : too, wharf does not.
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  candidates=$("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null) || return
  COMPREPLY=()
  if [ "$candidates" = ":files" ]; then
    compopt -o default
    return
  fi
  local current="\${words[-1]}" shown="\${COMP_WORDS[COMP_CWORD]}"
  [[ $shown == [=:] ]] && shown=""
  while IFS= read -r candidate; do
    [ -n "$candidate" ] && COMPREPLY+=("\${candidate:\${#current}-\${#shown}}")
  done <<<"$candidates"
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
