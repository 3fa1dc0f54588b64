#!/bin/sh
# What a container of the cache runs: `start.sh server|sentinel|alive|ready|leave`.
#
# No server decides by itself that it is the master: it starts as what a quorum of Sentinels says it is, and one that they
# name follows nobody, and takes no write, until none of them is about to replace it. One that has lost its data waits
# until another holds the mastership, or until the others say that they hold nothing either.
# Beside `settings`: CACHE_FILES, CACHE_DATA, CACHE_HOST (own name), CACHE_SECRETS, CACHE_INTERNAL, CACHE_BIND.
set -eu
umask 077
. "$CACHE_FILES/settings"

say() { echo "start: $*" >&2; }

# A broken or empty password file must end the start here, not make a user that anybody may be.
password() {
    [ -s "$1" ] || { say "$1 is missing or empty: the secret is not mounted"; exit 1; }
    tr -d '\r\n' <"$1"
}

# In two steps, since a pipe would hash an empty text where the file is missing.
digest() {
    secret=$(password "$1") || return 1
    printf %s "$secret" | sha256sum | cut -c1-64
}

# ask <user> <host:port> <command...>; a server that does not answer in time says nothing.
ask() {
    user=$1 host=${2%:*} port=${2##*:}
    shift 2
    REDISCLI_AUTH=$(password "$CACHE_INTERNAL/$user") timeout "$PATIENCE_SECONDS" \
        redis-cli $ENCRYPTION --no-auth-warning --user "$user" -h "$host" -p "$port" "$@" 2>/dev/null | tr -d '\r'
}

# What each of these says, all asked at once: each <user> <servers> <command...>
each() {
    everyone=$2 asker=$1
    shift 2
    for server in $everyone; do
        [ "$server" = "$CACHE_HOST:$OWN_PORT" ] || (ask "$asker" "$server" "$@" || true) &
    done
    wait
}

# The node that this many Sentinels name.
named_by() {
    for sentinel in $SENTINELS; do
        [ "$sentinel" = "$CACHE_HOST:$OWN_PORT" ] ||
            (ask replica "$sentinel" SENTINEL get-master-addr-by-name "$MASTER_NAME" | head -n 1 || true) &
    done | sort | uniq -c | sort -rn | while read -r count node; do
        case " $NODES " in *" $node:$PORT "*) [ "$count" -ge "$1" ] && echo "$node" && break ;; esac
    done || true
}

# Nothing was lost: this server has been filled before.
filled() { [ -s "$CACHE_DATA/dump.rdb" ] || [ -d "$CACHE_DATA/appendonlydir" ]; }

# One that holds nothing may be the master once nobody else holds anything.
nobody_holds_anything() {
    told=$(each replica "$NODES" INFO keyspace)
    echo "$told" | grep -q '^db[0-9]' && return 1
    empty=$(echo "$told" | grep -c '^# Keyspace' || true)
    [ "$empty" -ge $((NODE_COUNT - 1)) ] && return 0
    [ $(($(date +%s) - began)) -ge "$LATE_SECONDS" ] && [ $((empty + 1)) -gt $((NODE_COUNT / 2)) ]
}

# A server is promoted a second before the Sentinels name it.
another_acts() { each replica "$NODES" INFO replication | grep -qx 'role:master'; }

# Each thing once.
say_once() {
    [ "$1" = "${said:-}" ] || say "$1"
    said=$1
}

# Sets `master` once it is named. While an empty one waits, Sentinels find another.
find_master() {
    began=$(date +%s)
    while :; do
        master=$(named_by "$QUORUM")
        if [ -z "$master" ]; then
            say_once "no $QUORUM Sentinels agree on a master"
        elif [ "$master" != "$CACHE_HOST" ] || filled || nobody_holds_anything; then
            return
        else
            say_once "named the master, yet without data: waiting for one who has it"
        fi
        sleep 0.2
    done
}

now() { date +%s%3N; }

# Every Sentinel that answers has this server as its master, as well, and has heard of it since it began. One of them alone
# knows that it is replacing it: while not all answer, a fail-over of a silent one is given time to show.
undisputed() {
    age=$(($(now) - began))
    told=$(for sentinel in $SENTINELS; do
        (ask replica "$sentinel" SENTINEL MASTER "$MASTER_NAME" | awk -v own="$CACHE_HOST" -v age="$age" '
            NR % 2 { key = $0; next }
            { said[key] = $0 }
            END {
                well = said["ip"] == own && said["flags"] == "master" && said["last-ok-ping-reply"] + 0 < age
                if (NR) print well ? "yes" : "no"
            }' || true) &
    done; wait)
    agreed=$(echo "$told" | grep -c yes || true)
    echo "$told" | grep -q no && return 1
    [ "$agreed" -eq "$SENTINEL_COUNT" ] || { [ "$agreed" -ge "$QUORUM" ] && [ "$age" -ge "${PROMOTION_SECONDS}000" ]; }
}

# What the server itself says of its role.
field() { echo "$role" | sed -n "s/^$1://p"; }

# After its start: the server becomes what the Sentinels say by then, which may not be what they said before it. One that
# is a master was made so, by a Sentinel or from here: names follow a second later.
settle() {
    began=$(now) sure=0 before=$master
    while kill -0 "$1" 2>/dev/null; do
        sleep 0.3
        named=$CACHE_HOST disputed=
        if [ "$before" = "$CACHE_HOST" ] && undisputed; then
            ! another_acts || disputed=yes
        else
            named=$(named_by "$QUORUM")
            [ "$named" != "$CACHE_HOST" ] || disputed=yes
        fi
        [ "$named" = "$before" ] && [ -z "$disputed" ] && sure=$((sure + 1)) || sure=0
        before=${named:-$before} role=$(own INFO replication)
        [ "$(field role)" != master ] || return 0
        [ -n "$named" ] && [ -n "$role" ] || continue
        if [ -n "$disputed" ]; then
            say_once "named the master, yet disputed: waiting for the Sentinels to agree"
        elif [ "$named" = "$CACHE_HOST" ]; then
            # not at the first look: a Sentinel may have been about to find out
            [ "$sure" -lt 2 ] || become NO ONE
        elif [ "$(field master_host)" = "$named" ]; then
            [ "$(field master_link_status)" != up ] || return 0
        else
            # a Sentinel may just have told it otherwise
            [ "$sure" -lt 3 ] || become "$named" "$PORT"
        fi
    done
}

become() {
    say "becomes follower of: $*"
    ask sentinel "$CACHE_HOST:$OWN_PORT" REPLICAOF "$@" >/dev/null
}

# Hashes of a user's passwords. What the rotation has saved counts as long as it knows the mounted one.
hashes() {
    if [ -e "$CACHE_INTERNAL/$1" ]; then
        current=$(digest "$CACHE_INTERNAL/$1") || return 1
        echo "#$current"
        return
    fi
    current=$(digest "$CACHE_SECRETS/$1") || return 1
    before=$(digest "$CACHE_SECRETS/$1-previous") || return 1
    saved=$(sed -n "s/^user $1 //p" "$CACHE_DATA/users.acl" 2>/dev/null | tr ' ' '\n' | grep '^#' || true)
    if echo "$saved" | grep -qx "#$current"; then
        echo $saved
    else
        echo "#$current #$before"
    fi
}

# Rules are always the rendered ones: users <file with one `user <name> <rules>` a line>
users() {
    echo "user default off"
    while read -r _ user rules; do
        known=$(hashes "$user") || exit 1
        echo "user $user on" $known "$rules"
    done <"$1"
}

start_server() {
    [ "$PERSISTENT" = yes ] || rm -rf "$CACHE_DATA/dump.rdb" "$CACHE_DATA/appendonlydir"
    users "$CACHE_FILES/server.users" >"$CACHE_DATA/users.new"
    mv "$CACHE_DATA/users.new" "$CACHE_DATA/users.acl"
    find_master
    {
        cat "$CACHE_FILES/redis.conf"
        echo "bind ${CACHE_BIND:-*}"
        echo "dir $CACHE_DATA"
        echo "aclfile $CACHE_DATA/users.acl"
        echo "replica-announce-ip $CACHE_HOST"
        echo "masterauth $(password "$CACHE_INTERNAL/replica")"
        # where nobody listens: neither a master nor one that others could copy
        if [ "$master" = "$CACHE_HOST" ]; then echo "replicaof $CACHE_HOST 1"; else echo "replicaof $master $PORT"; fi
    } >"$CACHE_DATA/redis.conf"
    say "the master is $master"
    settle $$ &
    exec redis-server "$CACHE_DATA/redis.conf"
}

# A Sentinel's file is its memory: who it is, who the master was and in which epoch, whom it knows.
start_sentinel() {
    file=$CACHE_DATA/sentinel.conf memory='myid|monitor|config-epoch|leader-epoch|current-epoch|known-replica|known-sentinel'
    remembered=$(grep -E "^sentinel ($memory) " "$file" 2>/dev/null || true)
    if [ -z "$remembered" ]; then
        master=$(named_by 1)
        [ -n "$master" ] || master=$(acting_master)
        [ -n "$master" ] || master=${NODES%%:*}
        # who it is follows from its name: under another one it would count twice in every vote
        remembered=$(printf 'sentinel myid %s\n' "$(printf %s "$CACHE_HOST" | sha1sum | cut -c1-40)" &&
            echo "sentinel monitor $MASTER_NAME $master $PORT $QUORUM")
        say "remembers nothing: begins with $master as the master"
    fi
    {
        cat "$CACHE_FILES/sentinel.conf"
        echo "bind ${CACHE_BIND:-*}"
        echo "dir $CACHE_DATA"
        echo "sentinel announce-ip $CACHE_HOST"
        echo "sentinel sentinel-pass $(password "$CACHE_INTERNAL/sentinel")"
        users "$CACHE_FILES/sentinel.users"
        echo "$remembered" | sed -E "s/^(sentinel monitor .*) [0-9]+$/\1 $QUORUM/"
        sed "s/PASSWORD/$(password "$CACHE_INTERNAL/sentinel")/" "$CACHE_FILES/sentinel.master"
        echo "sentinel down-after-milliseconds $MASTER_NAME $(patience)"
    } >"$file.new"
    mv "$file.new" "$file"
    exec redis-server "$file" --sentinel
}

# Sentinels that miss the master at the same moment all vote for themselves, and nobody wins: each is a little more patient
# than the one before it.
patience() {
    later=$DOWN_AFTER
    for sentinel in $SENTINELS; do
        [ "$sentinel" != "$CACHE_HOST:$OWN_PORT" ] || break
        later=$((later + PATIENCE_STEP))
    done
    echo "$later"
}

acting_master() {
    for node in $NODES; do
        if ask replica "$node" INFO replication | grep -qx 'role:master'; then
            echo "${node%:*}"
            return
        fi
    done
}

own() { ask probe "$CACHE_HOST:$OWN_PORT" "$@"; }

# Answers at all: also that it is still reading its data.
alive() { own PING | grep -q .; }

# The next one may be restarted: this one is the master, or follows it.
ready() {
    told=$(own INFO replication)
    echo "$told" | grep -qx 'role:master' || echo "$told" | grep -qx 'master_link_status:up'
}

sentinel_ready() { ask sentinel "$CACHE_HOST:$OWN_PORT" SENTINEL ckquorum "$MASTER_NAME" | grep -q '^OK'; }

# Before a planned stop: the mastership goes first, so that nobody has to find out about it.
leave() {
    own INFO replication | grep -qx 'role:master' || return 0
    for sentinel in $SENTINELS; do
        [ "$(ask sentinel "$sentinel" SENTINEL FAILOVER "$MASTER_NAME")" = OK ] && break
    done
    end=$(($(date +%s) + LEAVE_SECONDS))
    until [ "$(date +%s)" -ge "$end" ]; do
        next=$(named_by "$QUORUM")
        [ -n "$next" ] && [ "$next" != "$CACHE_HOST" ] && return 0
        sleep 0.2
    done
    say "the mastership stays here: no other node can take it"
}

# The first process of a container ends on no signal by itself.
trap 'exit 143' TERM INT
OWN_PORT=$PORT
case " $SENTINELS " in *" $CACHE_HOST:$SENTINEL_PORT "*) OWN_PORT=$SENTINEL_PORT ;; esac
case $1 in
server) start_server ;;
sentinel) start_sentinel ;;
sentinel-ready) sentinel_ready ;;
alive | ready | leave) "$1" ;;
*) say "given '$1'; allowed: server, sentinel, sentinel-ready, alive, ready, leave" && exit 2 ;;
esac
