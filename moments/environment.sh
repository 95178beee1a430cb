#!/bin/sh
# sh moments/environment.sh FILE: makes .venv hold what the requirements FILE names; returns at once if it does already.
[ -x .venv/bin/python ] && .venv/bin/python -IS moments/environment.py --ready "$1" 2>/dev/null && exit 0
fits='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'
# Built with optimizations, as distributions do and version managers often do not: a click takes a fifth less.
# Debian's does not say so, and without python3-venv it can install nothing.
fast='if 1:
    import importlib.util, sys, sysconfig
    built = sysconfig.get_config_var("CONFIG_ARGS") or ""
    installs = importlib.util.find_spec("pip") or importlib.util.find_spec("ensurepip")
    sys.exit(not (installs and (sys.base_prefix == "/usr" or "--enable-optimizations" in built)))'
IFS=:
for wanted in "$fast" "$fits"; do
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        for folder in $PATH; do
            python=$folder/$name
            [ -x "$python" ] && "$python" -Ic "$fits" 2>/dev/null && "$python" -Ic "$wanted" 2>/dev/null &&
                exec "$python" -I moments/environment.py "$1"
        done
    done
done
echo '需要 Python 3.11 至 3.14，这台机器上没有找到。Debian、Ubuntu：sudo apt install python3 python3-venv' >&2
echo 'Python 3.11 to 3.14 is needed and was not found here. Debian, Ubuntu: sudo apt install python3 python3-venv' >&2
exit 1
