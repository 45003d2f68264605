// What becomes of the rest of a body that was not read to its end.

/** Call it before the answer. What was not read is not wanted. A connection of HTTP/2 is for other requests too, and has no such header. */
export function leaveUnread(request, setHeader) {
  if (request.complete) return;
  if (request.httpVersionMajor === 1) setHeader('connection', 'close');
  else endSoon(request);
}

/** How long a body may go on after the answer. */
const REST_MS = 1000;

/** Ends the stream of a request that is answered, and without an error. Senders that write to the end first see the answer too. */
function endSoon(request) {
  const { stream } = request;
  request.resume();
  stream.once('finish', () => {
    const timer = setTimeout(() => stream.close(), REST_MS).unref();
    stream.once('close', () => clearTimeout(timer));
  });
}
