package dev.sluice.internal.poll;

/// A back end does not work on this machine; the message is the reason.
final class RefusedException extends Exception {
    RefusedException(String reason) {
        super(reason);
    }
}
