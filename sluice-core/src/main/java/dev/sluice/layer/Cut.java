package dev.sluice.layer;

import dev.sluice.layer.LayerException.Problem;
import org.jspecify.annotations.Nullable;

/// Where the first frame of some bytes is, as far as its format can tell.
///
/// Threads: those of the reader that it belongs to.
final class Cut {
    // Places in the array that was searched; they say something after a whole frame was found.
    int begin; // of the payload
    int end;
    int next; // frame

    /// How many bytes, from the frame's first one on, need not be searched for its end again.
    int searched;

    /// Why there will never be a frame.
    @Nullable Refusal refusal;

    /// What is wrong with the bytes.
    ///
    /// @param what the field that has a size, for a limit that was reached; else all that is to say
    /// @param claimed the size, or -1
    record Refusal(Problem problem, String what, long claimed) {}

    /// A whole frame is there.
    boolean found(int begin, int end, int next) {
        this.begin = begin;
        this.end = end;
        this.next = next;
        searched = 0;
        return true;
    }

    boolean tooLarge(String what, long claimed) {
        refusal = new Refusal(Problem.TOO_LARGE, what, claimed);
        return false;
    }

    boolean malformed(String found, String expected) {
        refusal = new Refusal(Problem.MALFORMED, found + ", expected " + expected, -1);
        return false;
    }

    /// The payload is there when so many bytes are.
    ///
    /// @param from where it begins
    /// @param length not negative
    /// @param trailer bytes behind it, which have been checked by the caller if they are there
    boolean payload(int from, int length, int trailer, int available) {
        return available - from >= length + trailer && found(from, from + length, from + length + trailer);
    }
}
