"""A TCP proxy in user space that loses answers and cuts connections."""

import asyncio
import contextlib
import threading


class Proxy:
    """Forwards to a port on 127.0.0.1."""

    def __init__(self, port):
        self._to = port
        self.answers_lost = False
        """From now on nothing comes back from the server."""
        self.answer_limit = None
        """Bytes from the server after which all is cut, once."""
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def _run(self, started):
        asyncio.set_event_loop(self._loop)
        serve = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = self._loop.run_until_complete(serve)
        self.port = self._server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()

    async def _serve(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
            self._writers |= {writer, far_writer}
            await asyncio.gather(
                self._pump(reader, far_writer, False), self._pump(far_reader, writer, True)
            )
        writer.close()

    async def _pump(self, reader, writer, answers):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if answers and self.answer_limit is not None:
                    data, self.answer_limit = self._within_limit(data)
                    if self.answer_limit == 0:
                        self.answer_limit = None
                        self._cut()
                if not (answers and self.answers_lost):
                    writer.write(data)
                    await writer.drain()
        writer.close()

    def _within_limit(self, data):
        data = data[: self.answer_limit]
        return data, self.answer_limit - len(data)

    def _cut(self):
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def cut(self):
        """End every connection at once, without a farewell."""
        self._loop.call_soon_threadsafe(self._cut)

    def close(self):
        """Stop forwarding."""

        async def stop():
            self._server.close()
            self._cut()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
