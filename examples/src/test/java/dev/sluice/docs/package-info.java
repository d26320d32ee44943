/// Checks what the documents say against the tree: each link leads somewhere, each snippet is code that is compiled and
/// run.
@NullMarked
package dev.sluice.docs;

import org.jspecify.annotations.NullMarked;
