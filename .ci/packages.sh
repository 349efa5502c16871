# Sourced by ./run and ./test: makes sure a program is there, or names what is missing and stops.

# A toolchain installed by rustup is not always on the PATH of a fresh shell.
[ -d "$HOME/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH"

say() { printf '\n==> %s\n' "$*"; }

stop() {
    printf '\n错误 error: %s\n' "$*" >&2
    exit 1
}

need_rust() {
    command -v cargo >/dev/null || stop "需要 Rust 工具链 Rust toolchain needed: https://rustup.rs"
}

# need "<what must succeed>" <package>...: installs the packages with apt when the check fails.
need() {
    local check=$1
    shift
    eval "$check" >/dev/null 2>&1 && return 0
    command -v apt-get >/dev/null || stop "缺少 missing: $* （此系统没有 apt，请自行安装 no apt here, please install it）"
    [ "$(id -u)" = 0 ] || stop "缺少 missing: $* — 请执行 please run: sudo apt-get install $*"
    say "安装 installing $*"
    local apt=(apt-get -y -qq -o DPkg::Lock::Timeout=300)
    export DEBIAN_FRONTEND=noninteractive
    # Package lists may be absent (containers) or fine; ask for new ones only when the first try fails.
    "${apt[@]}" install --no-install-recommends "$@" </dev/null >/dev/null 2>&1 ||
        { "${apt[@]}" update </dev/null >/dev/null && "${apt[@]}" install --no-install-recommends "$@" </dev/null >/dev/null; } ||
        stop "安装失败 could not install: $*"
    hash -r
    eval "$check" >/dev/null 2>&1 || stop "已安装仍不可用 installed, yet still not usable: $* ($check)"
}

# A C compiler that can really compile: gcc without libc6-dev cannot.
need_compiler() {
    need "printf '#include <stdlib.h>\nint main(void){return 0;}' | gcc -x c -o /dev/null -" gcc libc6-dev
    need "command -v pkg-config" pkg-config
}
