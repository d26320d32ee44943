package dev.sluice.bench.core

import java.util.function.LongUnaryOperator
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.yield

/** Two coroutines of one event loop want the same lock, or permit, all the time; both are fair. */
object HandOvers {
    @JvmStatic
    fun lock(): LongUnaryOperator {
        val mutex = Mutex()
        return handOver({ mutex.lock() }, { mutex.unlock() })
    }

    @JvmStatic
    fun semaphore(): LongUnaryOperator {
        val semaphore = Semaphore(1)
        return handOver({ semaphore.acquire() }, { semaphore.release() })
    }

    private fun handOver(acquire: suspend () -> Unit, release: () -> Unit) =
        LongUnaryOperator { operations ->
            runBlocking {
                acquire()
                val players = List(2) { async { play(operations / 2, acquire, release) } }
                yield() // both wait
                release()
                players.awaitAll().sum()
            }
        }

    private suspend fun play(operations: Long, acquire: suspend () -> Unit, release: () -> Unit): Long {
        for (i in 0 until operations) {
            acquire()
            release()
        }
        return operations
    }
}
