#!/bin/sh
# Compiles the harness where that was not done yet, and runs it.
set -eu
here=$(dirname -- "$0")
# shellcheck source=/dev/null
. "$here/../compiled.sh"

json=/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll

compile() { # $1 a folder, then the sources
	folder=$1
	shift
	mcs -out:"$folder/Harness.exe" -r:Mono.Security -r:"$json" "$@"
}

made=$(compiled mcs "$here/Harness.cs")
exec mono "$made/Harness.exe"
