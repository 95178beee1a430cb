#!/bin/sh
# Makes plotly-<version>.js: Plotly as a module with only the kinds of trace that our forms draw, a third of the whole.
# Needs npm; nobody needs to run this but who moves to another version (then also in requirements.txt and figure.js).
set -e
version=${1:?usage: make_plotly.sh VERSION}
here=$(cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund "plotly.js@$version" stream-browserify esbuild@0.25
echo 'export default ""' > nothing.js
cat > entry.mjs <<'JS'
import Plotly from "plotly.js/lib/core"; // scatter is in it
import bar from "plotly.js/lib/bar";
import heatmap from "plotly.js/lib/heatmap";
import scatterpolar from "plotly.js/lib/scatterpolar";
Plotly.register([bar, heatmap, scatterpolar]);
export default Plotly;
JS
npx esbuild entry.mjs --bundle --minify --format=esm --target=es2020 --legal-comments=eof \
    --define:global=window --define:define.amd=false --define:process.env.NODE_DEBUG=false \
    --alias:stream=stream-browserify --alias:maplibre-gl/dist/maplibre-gl.css=./nothing.js \
    "--banner:js=/* plotly.js $version, cut to four kinds of trace (make_plotly.sh). Copyright Plotly, Inc. MIT licence. */" \
    --outfile="$here/plotly-$version.js"
