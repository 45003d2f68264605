<?php

declare(strict_types=1);

namespace Countermark\Error;

/** 9xxx: a fault inside, or no library that fits. */
final class LibraryException extends CountermarkException
{
}
