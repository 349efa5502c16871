# Sourced by ./test: a PostgreSQL and a Redis of our own, on free ports, in one temporary folder, gone at exit.

servers_dir=
postgres_pid=
redis_pid=

start_servers() {
    servers_dir=$(mktemp -d "${TMPDIR:-/tmp}/zhengzhao-test.XXXXXX")
    chmod 711 "$servers_dir" # the unprivileged server must reach its own folder in here
    start_postgres
    start_redis
}

stop_servers() {
    # SIGQUIT: nothing in there is worth an orderly shutdown.
    [ -z "$postgres_pid" ] || kill -QUIT "$postgres_pid" 2>/dev/null || true
    [ -z "$redis_pid" ] || kill -KILL "$redis_pid" 2>/dev/null || true
    [ -z "$postgres_pid" ] || wait "$postgres_pid" 2>/dev/null || true
    [ -z "$redis_pid" ] || wait "$redis_pid" 2>/dev/null || true
    postgres_pid= redis_pid=
    [ -z "$servers_dir" ] || rm -rf -- "$servers_dir"
    servers_dir=
}

# Debian keeps the server programs off the PATH; the newest version wins.
postgres_bin() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | while read -r dir; do
        [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && echo "$dir"
    done | tail -1)
    [ -n "$found" ] || found=$(dirname "$(command -v initdb)" 2>/dev/null) || return 1
    [ -x "$found/initdb" ] && echo "$found"
}

# PostgreSQL refuses to run as root. Call it in a subshell: exec makes a background process the server itself,
# and its id the one to stop.
unprivileged() {
    if [ "$(id -u)" != 0 ]; then
        exec "$@"
    else
        exec setpriv --reuid="$(server_user)" --regid="$(id -g "$(server_user)")" --clear-groups --inh-caps=-all "$@"
    fi
}

server_user() { id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody; }

start_postgres() {
    local bin data="$servers_dir/postgres" port attempt locale
    bin=$(postgres_bin) || stop "找不到 PostgreSQL 服务程序 PostgreSQL server programs not found"
    mkdir -m 700 "$data"
    [ "$(id -u)" != 0 ] || chown "$(server_user)" "$data"
    locale=(--locale=C)
    # Chinese servers seldom sort by bytes. Where ICU is at hand the tests' database does not either,
    # so that an index or a comparison that forgot COLLATE "C" shows here.
    "$bin/initdb" --help | grep -q -- --icu-locale && locale=(--locale=C.UTF-8 --locale-provider=icu --icu-locale=zh)
    (cd / && unprivileged "$bin/initdb" -D "$data" -U postgres --auth=trust --encoding=UTF8 "${locale[@]}" \
        --no-sync) >"$servers_dir/initdb.log" 2>&1 || { cat "$servers_dir/initdb.log"; stop "initdb 失败 failed"; }
    for attempt in 1 2 3 4 5; do
        port=$(free_port)
        (cd / && unprivileged "$bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 \
            -c unix_socket_directories="$data" -c max_connections=200 -c fsync=off -c synchronous_commit=off \
            -c full_page_writes=off) >"$servers_dir/postgres.log" 2>&1 </dev/null &
        postgres_pid=$!
        if answers "$postgres_pid" "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
            export ZHENGZHAO_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
            echo "    $("$bin/postgres" --version), $ZHENGZHAO_TEST_POSTGRES"
            return
        fi
    done
    cat "$servers_dir/postgres.log"
    stop "PostgreSQL 启动失败 did not start"
}

start_redis() {
    local port attempt
    mkdir -m 700 "$servers_dir/redis"
    for attempt in 1 2 3 4 5; do
        port=$(free_port)
        redis-server --bind 127.0.0.1 --port "$port" --dir "$servers_dir/redis" --save '' --appendonly no \
            >"$servers_dir/redis.log" 2>&1 </dev/null &
        redis_pid=$!
        if answers "$redis_pid" eval "redis-cli -h 127.0.0.1 -p $port ping | grep -q PONG"; then
            export ZHENGZHAO_TEST_REDIS="redis://127.0.0.1:$port/"
            echo "    Redis $(redis-server --version | sed 's/.* v=\([^ ]*\).*/\1/'), $ZHENGZHAO_TEST_REDIS"
            return
        fi
    done
    cat "$servers_dir/redis.log"
    stop "Redis 启动失败 did not start"
}

# answers <pid> <command>...: waits until the command succeeds; fails when the process is gone or after 30 s.
answers() {
    local pid=$1 try
    shift
    for try in $(seq 150); do
        kill -0 "$pid" 2>/dev/null || return 1
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    return 1
}

# A port nobody listens on just now. Who loses the race for it tries another.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}
