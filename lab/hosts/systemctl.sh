#!/bin/sh
# Stands in for systemctl, networkctl and udevadm on a host without systemd: it keeps what it was told in the host's own /etc and /run, and
# writes what changes something to /run/systemd.log. It starts nothing: a test runs a unit's program itself.
set -eu
program=$(basename "$0")
log() {
    echo "$program $*" >> /run/systemd.log
}
if [ "$program" != systemctl ]; then
    log "$*"
    exit 0
fi
mkdir -p /run/units
words=""
for word in "$@"; do
    case "$word" in
        --*) ;;
        *) words="$words $word" ;;
    esac
done
# shellcheck disable=SC2086
set -- $words
unit=${2:-}
file=/etc/systemd/system/$unit
case "${1:-}" in
    daemon-reload) log daemon-reload ;;
    show)
        [ -f "$file" ] && loaded=loaded || loaded=not-found
        [ -f "/run/units/$unit" ] && active=active || active=inactive
        [ -L "/etc/systemd/system/timers.target.wants/$unit" ] && enabled=enabled || enabled=disabled
        printf 'Id=%s\nLoadState=%s\nActiveState=%s\nUnitFileState=%s\n' "$unit" "$loaded" "$active" "$enabled"
        ;;
    is-enabled)
        [ -L "/etc/systemd/system/timers.target.wants/$unit" ] && echo enabled && exit 0
        echo disabled
        exit 1
        ;;
    is-active) [ -f "/run/units/$unit" ] && echo active || { echo inactive; exit 3; } ;;
    enable)
        mkdir -p /etc/systemd/system/timers.target.wants
        ln -sf "$file" "/etc/systemd/system/timers.target.wants/$unit"
        log "enable $unit"
        ;;
    disable)
        rm -f "/etc/systemd/system/timers.target.wants/$unit"
        log "disable $unit"
        ;;
    start | restart)
        touch "/run/units/$unit"
        log "$1 $unit"
        ;;
    stop)
        rm -f "/run/units/$unit"
        log "stop $unit"
        ;;
    # A test may leave a service's own program; settings of others that reload it come after it, as systemd does.
    reload)
        program=/etc/systemd/system/$unit.reload
        log "reload $unit"
        if [ -x "$program" ]; then
            "$program" || exit 1
        fi
        for setting in "/etc/systemd/system/$unit.d/"*.conf; do
            [ -e "$setting" ] && sed -n 's/^ExecReload=-//p' "$setting" | sh >> /run/journal.log 2>&1 || true
        done
        ;;
    list-unit-files | list-units) ;;
    *)
        echo "systemctl.sh: $*: not known here" >&2
        exit 64
        ;;
esac
