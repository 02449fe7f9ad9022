# readEnvFile FILE: exports what it sets and the shell does not, as Node reads it for the commands in package.json: the last of two
# lines counts; `export`, quotes and comments are no part of a value. Sourced, never run. Compatible with bash 3.2.
readEnvFile() {
  local line name value given
  given=" $(compgen -e | tr '\n' ' ')"
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Z][A-Z0-9_]*)[[:space:]]*=[[:space:]]*(.*)$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    case $given in *" $name "*) continue ;; esac
    case $value in
      \"*\"*) value=${value#?} value=${value%%\"*} ;;
      \'*\'*) value=${value#?} value=${value%%\'*} ;;
      *)
        value=${value%%#*}
        value=${value%"${value##*[![:space:]]}"}
        ;;
    esac
    export "$name=$value"
  done <"$1"
}
