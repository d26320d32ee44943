package dev.sluice.cli.map;

/// One item of the input.
///
/// @param seq its number, from 1
/// @param bytes without the delimiter; only the beginning if it is too long
/// @param tooLong whether it was longer than any argument can be
@SuppressWarnings("ArrayRecordComponent") // never compared
record Item(long seq, byte[] bytes, boolean tooLong) {
    private static final int SHOWN = 60;

    /// For people: `item 17 'name'`, cut when long.
    String describe() {
        return "item " + seq + " " + Text.quoted(bytes, SHOWN);
    }
}
