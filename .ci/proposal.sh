# shellcheck shell=bash
# What .ci/sync and .ci/lock share: a folder with a pull request, which .ci/propose opens.
#
#   state    unchanged, ready, or failed (there is only an issue to open; the working tree is as it was)
#   title    one line
#   body.md  the text
#   labels   one in a line
#   draft    is there if the tests fail
#   patch    the change itself

# Start with an empty proposal: begin FOLDER
begin() {
    [ -z "$(git status --porcelain)" ] || { echo "The working tree has changes. Commit or stash them first."; exit 2; }
    mkdir -p "$1"
    folder=$(cd "$1" && pwd)
    rm -f "$folder"/{state,title,body.md,labels,draft,patch,text.md}
}

# End here if the working tree is as it was.
end_if_unchanged() {
    [ -z "$(git status --porcelain)" ] || return 0
    echo unchanged >"$folder/state"
    exit 0
}

# The last lines of a file, as a block.
quoted() {
    printf '\n~~~~\n%s\n~~~~\n' "$(tail -n 40 "$1" | cut -c1-500)"
}

# Test the change, say in the text how that ended, and write the patch: finish COMMAND …
finish() {
    if "$@" >"$folder/tests.log" 2>&1; then
        printf '\n%s passes.\n' "\`$*\`" >>"$folder/body.md"
    else
        touch "$folder/draft"
        { printf '\n%s fails:\n' "\`$*\`" && quoted "$folder/tests.log"; } >>"$folder/body.md"
    fi
    git add --all
    git diff --cached --binary >"$folder/patch"
    echo ready >"$folder/state"
}
