/// What can be set from outside of a program, and nowhere else: system properties.
///
/// Start reading at [Setting], which is all.
@NullMarked
package dev.sluice.internal.settings;

import org.jspecify.annotations.NullMarked;
