<?php

declare(strict_types=1);

namespace Countermark\Error;

/** 6xxx: no answer of the server. */
final class TransportException extends CountermarkException
{
}
