package dev.sluice.internal.poll;

/// A back end that was not taken.
///
/// @param name of the back end
/// @param reason for a person to read
public record Refusal(String name, String reason) {}
