package dev.sluice.internal.shm;

import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceProvider;
import java.io.IOException;
import java.util.regex.Pattern;

/// Opens `shm:NAME`.
///
/// Threads: any.
public final class ShmProvider implements SpaceProvider {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    @Override
    public String scheme() {
        return "shm";
    }

    @Override
    public Space open(String place) {
        requireName("open space shm:" + place, place);
        try {
            return new ShmSpace(place, SharedDirectory.open(SharedDirectory.BASE, place));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    static void requireName(String doing, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(doing + ": name=" + name
                    + ", expected 1..64 of A-Z a-z 0-9 . _ -, the first of them no dot and no dash");
        }
    }

    /// What a caller of a space gets for a failure of a file.
    static SpaceException failure(IOException e) {
        SpaceException.Problem problem = SpaceException.Problem.UNAVAILABLE;
        if (e instanceof SharedFileException known) {
            problem = switch (known.problem()) {
                case NOT_OURS, DAMAGED, VERSION -> SpaceException.Problem.REFUSED;
                case MISMATCH -> SpaceException.Problem.MISMATCH;
                case CROWDED -> SpaceException.Problem.BUSY;
                case UNSUPPORTED, NO_ROOM, SYSTEM -> SpaceException.Problem.UNAVAILABLE;
            };
        }
        String message = e.getMessage();
        return new SpaceException(problem, message == null ? e.toString() : message, e);
    }
}
