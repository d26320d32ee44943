package dev.sluice.space.sync;

/// Many readers at a time, or one writer, among the tasks of all members of a space.
///
/// ```java
/// SharedReadWriteLock catalogue = space.readWriteLock("catalogue");
/// Page page = catalogue.read().call(() -> pages.get(url));
/// catalogue.write().run(() -> pages.put(url, page));
/// ```
///
/// While a writer waits no further reader enters, so readers cannot keep it out. A reader that dies is
/// forgotten. After a writer that dies, readers and writers find [SharedLock.Held#recovered] until one says
/// that all is whole again.
///
/// Threads: any.
public interface SharedReadWriteLock {
    /// The name in its space.
    String name();

    /// The side that is shared.
    SharedLock read();

    /// The side that is exclusive.
    SharedLock write();
}
