/// Values as bytes, independent of how bytes travel: raw bytes, UTF-8, and CBOR (RFC 8949) made from records.
///
/// What a value looks like is decided by its Java type alone, on both sides: no class names, no code chosen by
/// the sender. Everything that is decoded has a limit, and each refusal says where it is, what was found and
/// what was expected.
///
/// Start reading at [Codec], then [Cbor].
@NullMarked
package dev.sluice.codec;

import org.jspecify.annotations.NullMarked;
