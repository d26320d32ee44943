package dev.sluice.cli.map;

/// When the progress line is shown.
enum ProgressMode {
    /// On a terminal.
    AUTO("auto"),
    ALWAYS("always"),
    NEVER("never");

    private final String word;

    ProgressMode(String word) {
        this.word = word;
    }

    /// As typed on the command line.
    @Override
    public String toString() {
        return word;
    }
}
