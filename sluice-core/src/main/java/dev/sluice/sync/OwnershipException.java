package dev.sluice.sync;

/// Thrown to who asks for what it holds already and would wait for itself, and to who gives back what it does
/// not hold; also when the holder of a lock has ended without releasing it. A defect of the program, not of its
/// input.
public final class OwnershipException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    OwnershipException(String message) {
        super(message);
    }
}
