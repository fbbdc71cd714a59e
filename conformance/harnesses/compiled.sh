# Sourced by the start script of a harness whose language is compiled and has no cache of its own.
#
# compiled COMPILER FILE... compiles the files by the script's own function "compile FOLDER FILE...", which puts what it
# makes into FOLDER, and prints the folder where that lies: in the user's cache, under the digest of the files, of the
# script and of the compiler's place, so that a second start compiles nothing. Any number may start at once: each compiles
# in a folder of its own and renames it when it is whole; who comes second throws his own away.

compiled() (
	cache=${XDG_CACHE_HOME:-${HOME:?is not set, nor is XDG_CACHE_HOME: one of them must say where to compile}/.cache}/signkit
	compiler=$(readlink -f -- "$(command -v "$1")")
	shift
	made=$cache/$( (printf '%s\n' "$compiler"; cat -- "$0" "$@") | sha256sum | cut -d ' ' -f 1)
	if [ ! -d "$made" ]; then
		mkdir -p -- "$cache"
		fresh=$(mktemp -d -- "$cache/fresh.XXXXXX")
		trap 'rm -rf -- "$fresh"' EXIT
		trap 'exit 1' HUP INT TERM
		compile "$fresh" "$@" >&2 # standard output is the answer
		mv -T -- "$fresh" "$made" 2>/dev/null || [ -d "$made" ]
	fi
	printf '%s\n' "$made"
)
