package dev.sluice.ranks;

/// What a rank does in its group; the numbers are those on the board and in the tags of messages.
enum Operation {
    NOTHING(0),
    JOIN(1),
    SEND(2),
    RECEIVE(3),
    BARRIER(4),
    BROADCAST(5),
    SCATTER(6),
    GATHER(7),
    ALL_GATHER(8),
    ALL_TO_ALL(9),
    REDUCE(10),
    ALL_REDUCE(11),
    SCAN(12),
    SHRINK(13),
    // the same with numbers, whose messages are others
    BROADCAST_NUMBERS(14),
    REDUCE_NUMBERS(15),
    ALL_REDUCE_NUMBERS(16),
    SCAN_NUMBERS(17);

    private static final String NUMBERS = "-numbers";

    /// On the board, and in tags.
    final int number;

    Operation(int number) {
        this.number = number;
    }

    /// @param number from a file
    static Operation of(int number) {
        for (Operation operation : values()) {
            if (operation.number == number) {
                return operation;
            }
        }
        return NOTHING;
    }

    /// As people read it.
    String text() {
        String text = RankFailedException.lower(this);
        return switch (this) {
            case NOTHING -> "";
            case BROADCAST_NUMBERS, REDUCE_NUMBERS, ALL_REDUCE_NUMBERS, SCAN_NUMBERS ->
                text.substring(0, text.length() - NUMBERS.length());
            default -> text;
        };
    }

    String within() {
        return this == NOTHING ? "" : " in its " + text();
    }
}
