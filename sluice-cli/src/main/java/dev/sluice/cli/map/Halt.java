package dev.sluice.cli.map;

/// What the first failure does to the others.
enum Halt {
    NEVER("never"),
    SOON("soon"),
    NOW("now");

    private final String word;

    Halt(String word) {
        this.word = word;
    }

    /// As typed on the command line.
    @Override
    public String toString() {
        return word;
    }
}
