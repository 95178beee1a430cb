#!/bin/sh
# sh moments/environment.sh FILE: makes .venv hold what the requirements FILE names; returns at once if it does already.
[ -x .venv/bin/python ] && .venv/bin/python -IS moments/environment.py --ready "$1" 2>/dev/null && exit 0
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null &&
        exec "$python" -I moments/environment.py "$1"
done
echo '需要 Python 3.11 至 3.14，这台机器上没有找到。Debian、Ubuntu：sudo apt install python3 python3-venv' >&2
echo 'Python 3.11 to 3.14 is needed and was not found here. Debian, Ubuntu: sudo apt install python3 python3-venv' >&2
exit 1
