# For sourcing: say, and need PROBE=PACKAGE...

say() { printf '%s\n' "$*" >&2; }

# What a bare Debian or Ubuntu lacks is installed where the user is root, and named in one line to copy otherwise.
need() {
    local missing=()
    for pair in "$@"; do
        local probe=${pair%%=*} package=${pair#*=}
        eval "$probe" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing ${missing[*]}"
        apt-get update -qq >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    else
        say "Crashlight needs: ${missing[*]}. Copy this line:"
        say "  sudo apt-get install -y ${missing[*]}"
        exit 1
    fi
}
