package dev.sluice.space;

/// What makes spaces of one kind, for those who bring a distance of their own; programs use [Space#open].
///
/// Providers are found by [java.util.ServiceLoader]: `provides dev.sluice.space.SpaceProvider with …` in a
/// module, or a file `META-INF/services/dev.sluice.space.SpaceProvider` on the class path. What they make keeps
/// the contract suites of `sluice-testing`.
///
/// Threads: any.
public interface SpaceProvider {
    /// The part of an address before its first colon: `shm`.
    String scheme();

    /// Opens a space.
    ///
    /// @param place the part of the address behind the first colon
    /// @throws SpaceException if that is not possible
    /// @throws IllegalArgumentException if the place is not one of this kind
    Space open(String place);
}
