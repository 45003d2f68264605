<?php

declare(strict_types=1);

namespace Countermark\Error;

/** 5xxx: a server answered with an error, or with nonsense. */
final class ServerException extends CountermarkException
{
}
