package dev.sluice.bench.channel

import java.util.concurrent.Executors
import java.util.concurrent.FutureTask
import java.util.function.LongUnaryOperator
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext

/** Where Kotlin's coroutines run. */
enum class Dispatcher {
    /** All on the event loop of `runBlocking`, the thread that calls it. */
    EVENT_LOOP,

    /** On the pool that has as many threads as there are CPUs. */
    DEFAULT,

    /** Senders on one thread, receivers on another. */
    TWO_THREADS,

    /** Senders are threads, each with an event loop of its own; receivers are on the pool. */
    THREAD_TO_DEFAULT;

    /** Runs them all. Returns the sum of what they returned. */
    fun run(senders: List<suspend () -> Long>, receivers: List<suspend () -> Long>): Long =
        when (this) {
            EVENT_LOOP -> runBlocking { all(senders + receivers) }
            DEFAULT -> runBlocking(Dispatchers.Default) { all(senders + receivers) }
            TWO_THREADS ->
                runBlocking {
                    val sending = async(SENDING) { all(senders) }
                    withContext(RECEIVING) { all(receivers) } + sending.await()
                }
            THREAD_TO_DEFAULT -> {
                val sending = senders.map { FutureTask { runBlocking { it() } } }
                sending.forEach { Thread.ofPlatform().start(it) }
                runBlocking(Dispatchers.Default) { all(receivers) } + sending.sumOf { it.get() }
            }
        }

    private suspend fun CoroutineScope.all(bodies: List<suspend () -> Long>): Long =
        bodies.map { async { it() } }.awaitAll().sum()
}

private val SENDING = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
private val RECEIVING = Executors.newSingleThreadExecutor().asCoroutineDispatcher()

/** The loads of the suite `channel` in Kotlin. Each takes the number of operations and returns what the Java loads do. */
class Coroutines(private val dispatcher: Dispatcher) {
    fun stream(capacity: Int): LongUnaryOperator {
        val channel = Channel<Int>(capacity)
        return LongUnaryOperator { operations ->
            dispatcher.run(listOf { send(channel, operations) }, listOf { receive(channel, operations) })
        }
    }

    fun selectOf(count: Int, capacity: Int): LongUnaryOperator {
        val channels = List(count) { Channel<Int>(capacity) }
        val receiving: suspend (Long) -> Long =
            if (count == 2) { n -> receiveOfTwo(channels, n) } else { n -> receiveOf(channels, n) }
        return LongUnaryOperator { operations ->
            dispatcher.run(channels.map { { send(it, operations / count) } }, listOf { receiving(operations) })
        }
    }

    fun pingPong(capacity: Int): LongUnaryOperator {
        val words = Channel<Int>(capacity)
        val answers = Channel<Int>(capacity)
        return LongUnaryOperator { operations ->
            dispatcher.run(
                listOf { ask(words, answers, operations / 2) },
                listOf { answer(words, answers, operations / 2) },
            )
        }
    }

    fun fanIn(senders: Int, capacity: Int): LongUnaryOperator {
        val channel = Channel<Int>(capacity)
        return LongUnaryOperator { operations ->
            dispatcher.run(
                List(senders) { { send(channel, operations / senders) } },
                listOf { receive(channel, operations) },
            )
        }
    }

    fun broadcast(receivers: Int, capacity: Int): LongUnaryOperator {
        val flow = MutableSharedFlow<Int>(extraBufferCapacity = capacity)
        return LongUnaryOperator { operations ->
            dispatcher.run(
                listOf {
                    flow.subscriptionCount.first { it == receivers }
                    for (i in 0 until operations) flow.emit(value(i))
                    0L
                },
                List(receivers) {
                    {
                        var sum = 0L
                        flow.take(operations.toInt()).collect { sum += it }
                        sum
                    }
                },
            )
        }
    }

    fun chain(stages: Int, values: Int): LongUnaryOperator {
        val channels = List(stages + 1) { Channel<Int>() }
        val senders = mutableListOf<suspend () -> Long>({ send(channels.first(), values.toLong()) })
        val receivers = mutableListOf<suspend () -> Long>({ receive(channels.last(), values.toLong()) })
        for (i in 0 until stages) {
            val ends = if (dispatcher == Dispatcher.TWO_THREADS && i % 2 == 1) senders else receivers
            ends += { pass(channels[i], channels[i + 1], values) }
        }
        return LongUnaryOperator { operations ->
            var sum = 0L
            for (batch in 0 until operations / (stages.toLong() * values)) {
                sum += dispatcher.run(senders, receivers)
            }
            sum
        }
    }

    private fun value(i: Long) = (i and 127).toInt()

    private suspend fun send(channel: Channel<Int>, operations: Long): Long {
        for (i in 0 until operations) channel.send(value(i))
        return 0
    }

    private suspend fun receive(channel: Channel<Int>, operations: Long): Long {
        var sum = 0L
        for (i in 0 until operations) sum += channel.receive()
        return sum
    }

    private suspend fun receiveOfTwo(channels: List<Channel<Int>>, operations: Long): Long {
        val (first, second) = channels
        var sum = 0L
        for (i in 0 until operations) {
            select {
                first.onReceive { sum += it }
                second.onReceive { sum += it }
            }
        }
        return sum
    }

    private suspend fun receiveOf(channels: List<Channel<Int>>, operations: Long): Long {
        var sum = 0L
        for (i in 0 until operations) {
            select {
                for (channel in channels) channel.onReceive { sum += it }
            }
        }
        return sum
    }

    private suspend fun ask(words: Channel<Int>, answers: Channel<Int>, rounds: Long): Long {
        var sum = 0L
        for (i in 0 until rounds) {
            words.send(value(i))
            sum += answers.receive()
        }
        return sum
    }

    private suspend fun answer(words: Channel<Int>, answers: Channel<Int>, rounds: Long): Long {
        var sum = 0L
        for (i in 0 until rounds) {
            val word = words.receive()
            answers.send(word)
            sum += word
        }
        return sum
    }

    private suspend fun pass(left: Channel<Int>, right: Channel<Int>, values: Int): Long {
        for (i in 0 until values) right.send(left.receive())
        return 0
    }
}
