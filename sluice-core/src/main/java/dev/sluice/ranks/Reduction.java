package dev.sluice.ranks;

/// How numbers of several ranks become one.
///
/// Floating-point sums and products depend on the order in which they are made. That is fixed: by the size of
/// the group and the count of the numbers, never by who was first. So all ranks get the same bits, and so does
/// each run.
public enum Reduction {
    /// `a + b`; whole numbers wrap around
    SUM,
    /// `a * b`; whole numbers wrap around
    PRODUCT,
    /// the smaller one, as `Math.min`
    LEAST,
    /// the greater one, as `Math.max`
    GREATEST,
    /// bits that both have; whole numbers only
    AND,
    /// bits that one has; whole numbers only
    OR,
    /// bits that one of them has and the other has not; whole numbers only
    XOR
}
