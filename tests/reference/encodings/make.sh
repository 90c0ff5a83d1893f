#!/bin/sh
# What glibc's iconv reads for every byte above 7F: an independent table. Writes values.json beside this script.
cd "$(dirname "$0")" || exit 1
{
  printf '{\n "program": "%s",\n "bytes": {\n' "$(iconv --version | head -n 1)"
  for pair in tcvn3:TCVN5712-1 windows-1258:WINDOWS-1258; do
    [ "$pair" = tcvn3:TCVN5712-1 ] || printf ',\n'
    printf '  "%s": {' "${pair%%:*}"
    separator=''
    for code in $(seq 128 255); do
      hex=$(printf '%02X' "$code")
      text=$(printf "\\$(printf '%03o' "$code")" | iconv -f "${pair##*:}" -t UTF-8 2>/dev/null) || continue
      case $text in '' | [[:cntrl:]]) continue ;; esac
      printf '%s"%s": "%s"' "$separator" "$hex" "$text"
      separator=', '
    done
    printf '}'
  done
  printf '\n }\n}\n'
} >values.json
