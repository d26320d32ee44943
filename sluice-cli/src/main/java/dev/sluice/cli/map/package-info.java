/// `sluice map`: one run of a command for each item of the input, several at a time.
///
/// How it flows, each arrow bounded:
///
///     stdin ─▶ ItemSource ─▶ N workers ─▶ Window (spills beyond its budget) ─▶ two writers ─▶ stdout, stderr
///                               │
///                               └─▶ joblog, results, tally (progress line, summary)
///
/// Everything that an item is made of stays bytes from end to end: nothing here decodes what it passes on.
///
/// Start reading at [MapCommand], then [Mapper].
@NullMarked
package dev.sluice.cli.map;

import org.jspecify.annotations.NullMarked;
