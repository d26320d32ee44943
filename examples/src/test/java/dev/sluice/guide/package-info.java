/// The snippets of the guide that are no whole programs, each as a test of what the guide says about it.
@NullMarked
package dev.sluice.guide;

import org.jspecify.annotations.NullMarked;
