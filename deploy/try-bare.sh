#!/usr/bin/env bash
# Runs the steps of the Containerfile in bare trees of Debian 12, where no container engine is: as root,
#
#     deploy/try-bare.sh DIRECTORY mongodb://…/?replicaSet=…
#
# Its two stages are two trees of debootstrap; RUN, USER, ENV, CMD and HEALTHCHECK are read from the file itself, COPY is
# done by what git knows of this checkout. The service then runs as the user of the file, on a tree that is only read,
# until it is healthy. Not tried thereby: the images of docker.io, cgroups, and dropped capabilities.
set -euo pipefail
# Its mounts are its own and end with it, however it ends; and no directory of this machine is mounted in a tree, as
# trees are removed.
[ "${BARE_ALONE:-}" = "$$" ] || BARE_ALONE=$$ exec unshare --mount "$0" "$@"
house=$(cd "$(dirname "$0")/.." && pwd)
place=${1:?the directory to work in}; database=${2:?the address of a replica set}
file=$house/deploy/Containerfile
nothing_listens() {  # another service there would be taken for the one that is tried
    if (exec 3<>/dev/tcp/127.0.0.1/8000) 2>/dev/null; then echo "Something listens on port 8000 of this machine: stop it first." >&2; exit 2; fi
}
nothing_listens
mkdir -p "$place" && place=$(cd "$place" && pwd)

# The commands of a keyword in the stage of that number (1, 2), one a line, as the shell is to run them.
told() {
    awk -v wanted="$1" -v stage="$2" '
        /^#/ { next }
        { line = line $0 }
        /\\$/ { sub(/\\$/, " ", line); next }
        { if (line ~ /^FROM /) number++
          if (number == stage && index(line, wanted " ") == 1) print substr(line, length(wanted) + 2)
          line = "" }' "$file"
}
within() { chroot "$1" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root DEBIAN_FRONTEND=noninteractive "${@:2}"; }
run_all() {
    while IFS= read -r command; do
        echo "+ $command"
        within "$1" sh -c "cd /opt/bilans && $command" </dev/null
    done < <(told RUN "$2")
}

if [ ! -e "$place/bare/made" ]; then
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$place/bare" >"$place/debootstrap.log"
    ln -s /usr/bin/python3 "$place/bare/usr/local/bin/python"
    # what this machine needs to reach the registries
    cp -L /etc/resolv.conf "$place/bare/etc/resolv.conf"
    cp -L /etc/ssl/certs/ca-certificates.crt "$place/bare/etc/ssl/certs/ca-certificates.crt"
    [ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$place/bare/etc/pip.conf"
    [ -z "${PIP_FIND_LINKS:-}" ] || [ ! -d "$PIP_FIND_LINKS" ] || { mkdir -p "$place/bare$PIP_FIND_LINKS" && cp -r "$PIP_FIND_LINKS/." "$place/bare$PIP_FIND_LINKS/"; }
    mkdir -p "$place/bare/opt/bilans"
    touch "$place/bare/made"
fi
for stage in 1 2; do rm -rf --one-file-system "$place/$stage" && cp -a "$place/bare" "$place/$stage"; done
cp "$house/requirements.lock" "$place/1/opt/bilans/"
run_all "$place/1" 1
cp -a "$place/1/opt/bilans/.venv" "$place/2/opt/bilans/.venv"
git -C "$house" ls-files -z | tar -C "$house" --null -T - -c | tar -x -C "$place/2/opt/bilans"
run_all "$place/2" 2
du -sh "$place/2" | cut -f1 | sed 's/^/The tree of the service takes /'

user=$(told USER 2)
mapfile -t settings < <(told ENV 2 | tr ' ' '\n')
started=$(told CMD 2 | tr -d '[]",')
mount --bind "$place/2" "$place/2" && mount -o remount,bind,ro "$place/2"
mount -t tmpfs tmpfs "$place/2/tmp"
mount -t proc proc "$place/2/proc"
mount -t tmpfs tmpfs "$place/2/dev" && mkdir -m 1777 "$place/2/dev/shm"
for device in "null 3" "zero 5" "full 7" "random 8" "urandom 9"; do
    # shellcheck disable=SC2086 # a name and a number
    set -- $device && mknod -m 666 "$place/2/dev/$1" c 1 "$2"
done
ln -s /proc/self/fd "$place/2/dev/fd"
nothing_listens
serving=
trap 'if [ -n "$serving" ]; then kill "$serving" 2>/dev/null || true; wait || true; fi' EXIT
# shellcheck disable=SC2086 # words of CMD
chroot --userspec="$user" "$place/2" /usr/bin/env -i PATH=/usr/bin:/bin "${settings[@]}" \
    BILANS_MONGODB_URL="$database" BILANS_MONGODB_DATABASE=try_bare BILANS_PUBLIC_URL=https://bilans.example.fr \
    BILANS_JWT_SECRET=of-a-trial-and-thirty-two-bytes-long BILANS_DATA_DIR=/tmp/bilans \
    /opt/bilans/.venv/bin/python /opt/bilans/main.py $started >"$place/service.log" 2>&1 &
serving=$!
for _ in $(seq 120); do
    kill -0 "$serving" 2>/dev/null || { cat "$place/service.log"; exit 1; }
    if chroot --userspec="$user" "$place/2" /opt/bilans/.venv/bin/python -c \
        "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)" 2>/dev/null; then
        echo "It is healthy, as user $(ps -o uid= -p "$serving" | tr -d ' '), on a file system that is only read."
        chroot --userspec="$user" "$place/2" touch /opt/bilans/written 2>&1 | sed 's/^/  /' || true  # it may not
        status=0
        kill -TERM "$serving"; wait "$serving" || status=$?
        serving=
        echo "Told to stop, it ends with status $status."
        exit "$status"
    fi
    sleep 1
done
cat "$place/service.log"; exit 1
