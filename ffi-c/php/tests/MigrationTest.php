<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Login\LoginOutcome;
use Countermark\Migration\AuthSession;
use Countermark\Migration\SecSignIDApi;
use PHPUnit\Framework\TestCase;

/** Old pages on the names of the vendor's PHP API: each of them a process of its own, as the pages of one site, whose visitors have a session each. */
final class MigrationTest extends TestCase
{
    /** What the pages below have before them. */
    private const BEGIN = <<<'PHP'
        $tell = static function (callable ...$calls): void {
            $told = [];
            foreach ($calls as $call) {
                try {
                    $told[] = $call();
                } catch (Exception $e) {
                    $told[] = $e instanceof Countermark\Error\CountermarkExceptionInterface ? $e->errorCode()->label() : get_class($e) . $e->getMessage();
                }
            }
            echo json_encode($told);
        };
        PHP;

    private const REQUEST = '(new SecSignIDApi())->requestAuthSession("alice", "My & Site", "https://a.example")';

    private string $folder;

    private Emulator $emulator;

    protected function setUp(): void
    {
        $this->folder = WebServer::folder();
        $this->emulator = Emulator::start();
    }

    public function testTheArgumentsOfTheOldConstructorAreTaken(): void
    {
        [$host, $port] = [\substr($this->emulator->url, 0, (int) \strrpos($this->emulator->url, ':')), \parse_url($this->emulator->url, \PHP_URL_PORT)];
        $told = $this->page('a', <<<PHP
            SecSignIDApi::configure(server: 'http://127.0.0.1:9', fallback: 'http://localhost:9');
            \$ask = fn (string \$id, ...\$arguments) => (new SecSignIDApi(...\$arguments))->requestAuthSession(\$id, 'Site', 'https://a.example')->getSecSignID();
            \$tell(
                fn () => \$ask('alice', '$host', $port),
                fn () => \$ask('bob', '{$this->emulator->url}', null, '', ''),
                fn () => \$ask('carol', 'http://127.0.0.1', '9', '$host', '$port'),
                fn () => \$ask('dave', 'http://127.0.0.1', 9),
                fn () => \$ask('erin'),
                fn () => \$ask('frank', '', 443),
                fn () => \$ask('grace', null, null, '$host', $port),
                fn () => \$ask('heidi', 'id.corp', 443),
            );
            PHP, false);
        self::assertSame(['alice', 'bob', 'carol', 'NETWORK', 'NETWORK', 'INVALID_CONFIG', 'INVALID_CONFIG', 'INVALID_URL'], $told);
    }

    public function testPagesKeepTheObjectInTheSession(): void
    {
        $this->page('a', '$_SESSION["step"] = 1; $_SESSION["kept"] = ' . self::REQUEST . '; $_SESSION["none"] = new AuthSession();');
        $ask = '$tell(fn () => (new SecSignIDApi())->getAuthSessionState($_SESSION["kept"]), fn () => $_SESSION["kept"]->getSecSignID(),
            fn () => $_SESSION["kept"]->getIconData() !== "", fn () => $_SESSION["none"]->getSecSignID(), fn () => $_SESSION["step"]);';
        self::assertSame([1, 'alice', true, 'WRONG_STATE', 1], $this->page('a', $ask));
        self::assertSame([1, 'alice', true, 'WRONG_STATE', 1], $this->page('a', $ask), 'written once more, opened');
        $this->page('a', '');
        self::assertSame([1, 'alice', true, 'WRONG_STATE', 1], $this->page('a', $ask), 'written once more, unopened');
        // Of another visitor's session it does not open.
        $this->page('a', 'file_put_contents("$folder/object", serialize($_SESSION["kept"]));');
        $foreign = '$tell(fn () => (new SecSignIDApi())->getAuthSessionState(unserialize(file_get_contents("$folder/object"))));';
        self::assertSame([1], $this->page('a', $foreign));
        self::assertSame(['UNKNOWN_HANDLE'], $this->page('b', $foreign));
    }

    public function testAnObjectOutOfBadTextIsRefused(): void
    {
        $told = $this->page('a', '$good = ' . self::REQUEST . <<<'PHP'
            ;
            $fields = $good->__serialize();
            $name = Countermark\Migration\AuthSession::class;
            $read = fn (array $data) => unserialize(sprintf('O:%d:"%s"', strlen($name), $name) . substr(serialize($data), 1));
            $vendors = ["\0AuthSession\0secSignID" => 'alice', "\0AuthSession\0requestID" => 'AB12'];
            $bad = [['session' => 1], $vendors, ['secsignid' => 'bob'] + $fields, ['requestid' => 'x'] + $fields, ['requestid' => ['x']] + $fields,
                ['requestid' => "\xff"] + $fields, ['servicename' => 'Bank'] + $fields, ['secsignid' => ''] + $fields, ['authsessionid' => '1'] + $fields,
                ['icon' => 'x'] + $fields];
            $tell(...array_map(fn ($data) => fn () => $read($data)->getSecSignID(), $bad));
            PHP);
        self::assertSame(['MISSING_FIELD', 'MISSING_FIELD', 'UNKNOWN_HANDLE', 'UNKNOWN_HANDLE', 'UNKNOWN_HANDLE', 'UNKNOWN_HANDLE', 'UNKNOWN_HANDLE',
            'INVALID_SECSIGN_ID', 'UNKNOWN_HANDLE', 'alice'], $told);
    }

    public function testAnApprovalIsToldAgainInItsVisit(): void
    {
        $this->page('a', 'file_put_contents("$folder/form", json_encode(' . self::REQUEST . '->getAuthSessionAsArray()));');
        $form = '$_POST = json_decode(file_get_contents("$folder/form"), true); $s = new AuthSession(); $s->createAuthSessionFromArray($_POST); $api = new SecSignIDApi();';
        $ask = "\$tell(function () { global \$folder; $form return \$api->getAuthSessionState(\$s); });";
        self::assertSame([1], $this->page('a', $ask));
        $this->emulator->act('alice', 'fetch');
        self::assertSame([7], $this->page('a', $ask));
        $this->emulator->act('alice', 'approve');
        self::assertSame(['UNKNOWN_HANDLE'], $this->page('b', $ask));
        $asked = \count($this->emulator->sent());
        self::assertSame([3], $this->page('a', $ask));
        self::assertSame([3], $this->page('a', $ask));
        self::assertCount($asked + 1, $this->emulator->sent());
        self::assertSame([3], $this->page('a', "$form \$api->releaseAuthSession(\$s); $ask"));
        // What was given out stays given out, once the session says no more how it ended.
        $later = '$until = &$_SESSION["countermark"]["logins"][hash("sha256", json_decode(file_get_contents("$folder/form"))->requestid)]["until"];
            $left = $until - time(); $until = (string) time(); unset($until);';
        self::assertSame(['ALREADY_CONSUMED'], $this->page('a', "$later if (\$left < 100 || \$left > 120) exit('\$left'); $ask"));
    }

    public function testACanceledApprovalIsToldNoMore(): void
    {
        $this->emulator = Emulator::start(['--approve-after', '0']);
        $told = $this->page('a', '$s = ' . self::REQUEST . <<<'PHP'
            ;
            $api = new SecSignIDApi();
            $tell(
                fn () => $api->getAuthSessionState($s),
                fn () => $api->cancelAuthSession($s),
                fn () => $api->getAuthSessionState($s) === 3,
            );
            PHP);
        self::assertSame(3, $told[0]);
        self::assertNotTrue($told[2]);
    }

    public function testAnEndIsToldAgain(): void
    {
        $this->page('a', '$_SESSION["kept"] = ' . self::REQUEST . ';');
        $this->emulator->act('alice', 'deny');
        $ask = '$tell(fn () => (new SecSignIDApi())->getAuthSessionState($_SESSION["kept"]));';
        self::assertSame([4], $this->page('a', $ask));
        $this->emulator->control('POST', 'reset');
        self::assertSame([4], $this->page('a', $ask));
    }

    /** The site has closed the session, so that other pages need not wait, and has printed something. */
    public function testAClosedSessionKeepsNothing(): void
    {
        $this->emulator = Emulator::start(['--approve-after', '0']);
        $told = $this->page('a', '$s = ' . self::REQUEST . '; session_write_close(); ob_end_flush(); echo " "; flush(); $ask = fn () => (new SecSignIDApi())->getAuthSessionState($s); $tell($ask, $ask);');
        self::assertSame([3, 'ALREADY_CONSUMED'], $told);
    }

    /** As the README has it: without Composer, without our autoload, and twice. */
    public function testTheFileIsAllThatIsIncluded(): void
    {
        \preg_match('/```\n(<\?php\nrequire .*?SecSignIDApi::configure.*?)```/s', (string) \file_get_contents(__DIR__ . '/../README.md'), $found);
        $page = $found[1] ?? self::fail('no page in the README');
        $file = \var_export(\dirname(__DIR__) . '/migrate.php', true);
        \file_put_contents("$this->folder/SecSignIDApi.php", \preg_replace('/\'[^\']*migrate\.php\'/', $file, $page, 1));
        $begin = 'set_include_path($argv[1]); include ("SecSignIDApi.php"); include ("SecSignIDApi.php");';
        self::assertSame('', $this->said("$begin class MyApi extends SecSignIDApi { function __construct() {} } (new MyApi())->setLogger(null); (new ReflectionClass(AuthSession::class))->newInstance();"));
        self::assertStringContainsString('another class AuthSession is loaded already', $this->said("class AuthSession {} $begin"));
    }

    public function testWhatTheServerAnswered(): void
    {
        $this->emulator = Emulator::start(['--id', 'alice']);
        $told = $this->page('a', <<<'PHP'
            $api = new SecSignIDApi();
            $answers = [$api->getResponse()];
            $s = $api->requestAuthSession('alice', 'My & Site', 'https://a.example/?a=b');
            $answers[] = $api->getResponse();
            $api->getAuthSessionState($s);
            $answers[] = $api->getResponse();
            try {
                $api->requestAuthSession('alice', 'My & Site', 'https://a.example');
            } catch (Exception $busy) {
                $answers[] = $api->getResponse();
            }
            try {
                $api->getAuthSessionState(null);
            } catch (Exception $wrong) {
                $answers[] = $api->getResponse();
            }
            $api->cancelAuthSession($s);
            $answers[] = $api->getResponse();
            $api->releaseAuthSession($s);
            $answers[] = $api->getResponse();
            try {
                $api->requestAuthSession('nobody-has-this-id', 'My & Site', 'https://a.example');
            } catch (Exception $unknown) {
                $answers[] = $api->getResponse();
            }
            SecSignIDApi::configure(server: $server, transport: new class implements Countermark\Http\Transport {
                public function send(Countermark\Http\HttpRequest $request): Countermark\Http\HttpReply { throw new DomainException('a fault of the site'); }
            });
            try {
                $api->getAuthSessionState($s);
            } catch (DomainException $fault) {
                $answers[] = $api->getResponse();
            }
            // A bridge of the vendor's names no service.
            $t = new AuthSession();
            $t->createAuthSessionFromArray(['servicename' => '', 'serviceaddress' => ''] + $s->getAuthSessionAsArray(), true);
            $u = new AuthSession();
            $u->createAuthSessionFromArray(array_diff_key($s->getAuthSessionAsArray(), ['servicename' => 1, 'serviceaddress' => 1]), true);
            $answers[] = $t->getRequestingServiceName() . $u->getRequestingServiceAddress();
            $answers[] = [$s->getRequestID(), $s->getAuthSessionID(), $s->getIconData()];
            echo json_encode($answers);
            PHP);
        [$token, $id, $icon] = \array_pop($told);
        self::assertNotSame('', $icon);
        self::assertSame([
            'error=1011&errormsg=request could not be verified',
            "authsessionstate=1&requestid=$token&secsignid=alice&authsessionid=$id&servicename=My & Site&serviceaddress=https://a.example/?a=b&authsessionicondata=$icon",
            'authsessionstate=1',
            'error=4006&errormsg=a login for this SecSign ID is already open',
            'error=1001&errormsg=request could not be verified',
            'authsessionstate=6',
            'authsessionstate=0',
            $told[7],
            'error=9001&errormsg=request could not be verified',
            'My & Sitehttps://a.example/?a=b',
        ], $told);
        self::assertMatchesRegularExpression('/^error=\d+&errormsg=./', $told[7]);
    }

    /** The vendor's example for the command line prints before it asks, and has no visitor. */
    public function testACommandNeedsNoSession(): void
    {
        $this->emulator = Emulator::start(['--approve-after', '0']);
        $code = $this->prologue(true) . 'echo "begin\n"; flush(); $s = ' . self::REQUEST . '; $t = new AuthSession();
            $t->createAuthSessionFromArray($s->getAuthSessionAsArray()); $api = new SecSignIDApi();
            echo $api->getAuthSessionState($t);
            // It may serve visitors whom it does not tell apart: nobody is told again.
            try { echo $api->getAuthSessionState($s); } catch (Exception $told) { echo "once"; }
            echo session_status() === PHP_SESSION_NONE ? "none" : "", strlen($t->getIconData()) > 0 ? "icon" : "";';
        self::assertSame("begin\n3oncenoneicon", $this->said($code));
        self::assertSame([], \glob("$this->folder/sess_*"));
        // One that answers requests has one.
        foreach (['$_SERVER["REQUEST_METHOD"] = "GET";', '$_COOKIE["PHPSESSID"] = "x";'] as $request) {
            self::assertStringContainsString('call session_start() before the page prints anything', $this->said($request . $code));
        }
    }

    public function testWhatTheOldPagesHandOn(): void
    {
        $told = $this->page('a', '$s = ' . self::REQUEST . <<<'PHP'
            ;
            $api = new SecSignIDApi();
            $array = $s->getAuthSessionAsArray();
            $open = function (array $other) use ($array) { $t = new AuthSession(); $t->createAuthSessionFromArray($other + $array); return $t->getSecSignID(); };
            $tell(
                fn () => $api->prerequisite(),
                fn () => $array['authsessionicondata'] === $s->getIconData(),
                fn () => $open(['secsignid' => 'ALICE']),
                fn () => $open(['secsignid' => ' alice']),
                fn () => $open(['authsessionid' => (int) $array['authsessionid']]),
                fn () => $open(['authsessionicondata' => 'forged']),
                fn () => $open(['servicename' => 'Bank']),
                fn () => $api->setLogger('nofunc'),
                fn () => $api->setLogger([$api, 'none']),
                function () { $other = new SecSignIDApi(); $other->setPluginName(['x']); $other->requestAuthSession('bob', 'Site', 'https://a.example'); },
                fn () => $api->requestAuthSession('bob', null, 'https://a.example'),
                fn () => $api->requestAuthSession('bob', 'Site', null),
                fn () => $api->requestAuthSession('bob', ['Site'], 'https://a.example'),
                fn () => $api->requestAuthSession('bob', "M\xfcller", 'https://a.example'),
                fn () => $api->requestAuthSession((object) [], 'Site', 'https://a.example'),
                fn () => (new AuthSession())->createAuthSessionFromArray((object) $array),
                fn () => $api->getAuthSessionState($array),
                fn () => $api->cancelAuthSession((object) $array),
                fn () => $api->releaseAuthSession('x'),
            );
            PHP);
        self::assertSame([true, true, 'alice', 'alice', 'alice', 'alice', 'UNKNOWN_HANDLE', 'INVALID_CONFIG', 'INVALID_CONFIG', 'INVALID_INPUT', 'INVALID_INPUT',
            'INVALID_INPUT', 'INVALID_INPUT', 'INVALID_INPUT', 'INVALID_SECSIGN_ID', 'MISSING_FIELD', 'INVALID_INPUT', 'INVALID_INPUT', 'INVALID_INPUT'], $told);
    }

    public function testTheWordsForAnAccessPassMeanWhatTheyDidOnTheWire(): void
    {
        $set = new \ReflectionProperty(SecSignIDApi::class, 'showAccesspass');
        $set->setAccessible(true);
        foreach ([[null, null], [true, true], ['true', true], ['1', true], [1, true], [false, false], ['false', false], ['0', false], ['', false], [0, false]] as [$given, $meant]) {
            $api = new SecSignIDApi();
            $api->setShowAccesspass($given);
            self::assertSame($meant, $set->getValue($api), \var_export($given, true));
        }
        foreach (['no', 'TRUE', 2, 1.0, [], new \stdClass()] as $given) {
            try {
                (new SecSignIDApi())->setShowAccesspass($given);
                self::fail(\var_export($given, true));
            } catch (CountermarkException $refused) {
                self::assertSame(ErrorCode::InvalidInput, $refused->errorCode());
            }
        }
    }

    public function testEveryOutcomeIsAState(): void
    {
        $state = new \ReflectionMethod(SecSignIDApi::class, 'state');
        $state->setAccessible(true);
        $names = ['Approved' => 'AUTHENTICATED', 'Released' => 'INVALID'];
        foreach (LoginOutcome::cases() as $outcome) {
            $name = $names[$outcome->name] ?? \strtoupper($outcome->name);
            self::assertSame(\constant(AuthSession::class . "::$name"), $state->invoke(null, $outcome), $outcome->name);
        }
    }

    /** @return array<mixed> what the page of this visitor has told */
    private function page(string $visitor, string $code, bool $isConfigured = true): array
    {
        $start = "ini_set('session.use_cookies', '0'); ini_set('session.cache_limiter', ''); session_id('$visitor'); session_start(); ob_start();";
        $said = $this->said($this->prologue($isConfigured) . self::BEGIN . "$start $code");
        self::assertMatchesRegularExpression('/^( ?\[.*\])?$/s', $said);
        return (array) \json_decode($said === '' ? '[]' : $said, true, 16, \JSON_THROW_ON_ERROR);
    }

    private function prologue(bool $isConfigured): string
    {
        return 'require ' . \var_export(__DIR__ . '/bootstrap.php', true) . '; require ' . \var_export(\dirname(__DIR__) . '/migrate.php', true) . ';'
            . "\$folder = \$argv[1]; \$server = '{$this->emulator->url}';" . ($isConfigured ? 'SecSignIDApi::configure(server: $server);' : '');
    }

    private function said(string $code): string
    {
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-d', "session.save_path=$this->folder", '-d', 'apc.enable_cli=0', '-r', $code, '--', $this->folder];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        self::assertIsResource($process);
        $said = (string) \stream_get_contents($pipes[1]);
        \proc_close($process);
        return $said;
    }
}
