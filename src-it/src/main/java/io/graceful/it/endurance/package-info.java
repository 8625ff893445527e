/** Hundreds of restarts in a row, and whether anything adds up. */
package io.graceful.it.endurance;
