#!/bin/sh
# Compiles the harness where that was not done yet, and runs it: harness.sh [lightweight]
set -eu
here=$(dirname -- "$0")
# shellcheck source=/dev/null
. "$here/../compiled.sh"

jars=/usr/share/java
path=$jars/bcprov.jar:$jars/bcpkix.jar:$jars/bcutil.jar
path=$path:$jars/jackson-core.jar:$jars/jackson-databind.jar:$jars/jackson-annotations.jar

compile() { # $1 a folder, then the sources
	folder=$1
	shift
	javac -encoding UTF-8 -proc:none -cp "$path" -d "$folder" "$@"
}

made=$(compiled javac "$here/BouncyCastle.java" "$here/../java/Harness.java")
exec java -cp "$made:$path" BouncyCastle "$@"
