<?php
// Crashes in the way that the first argument names; each crashing line carries a mark.

class Basket
{
    public ?Basket $owner = null;
    public array $items = [];

    public function total(int $factor): int
    {
        return $factor * count($this->items);
    }
}

function onNull(Basket $basket)
{
    return $basket->owner->total(1); // crash: on-null
}

function undefinedFunction()
{
    return basket_total(); // crash: undefined-function
}

function undefinedMethod(Basket $basket)
{
    return $basket->totl(1); // crash: undefined-method
}

function missingClass()
{
    return new PriceList(); // crash: missing-class
}

function wrongType(Basket $basket)
{
    return $basket->total('eighty'); // crash: wrong-type
}

function arguments(Basket $basket)
{
    return $basket->total(); // crash: arguments
}

function division(int $count)
{
    return intdiv(10, $count); // crash: division
}

function operands()
{
    return [] + 1; // crash: operands
}

function malformedJson()
{
    return json_decode('{"price": ', false, 512, JSON_THROW_ON_ERROR); // crash: malformed-json
}

function required()
{
    require '/srv/desk/prices.php'; // crash: required
}

function memory()
{
    ini_set('memory_limit', '8M');
    return str_repeat('x', 64 * 1024 * 1024); // crash: memory
}

function unhandledMatch(string $fruit)
{
    return match ($fruit) {
        'apple' => 1, // crash: unhandled-match
    };
}

function own()
{
    throw new RuntimeException("the till is closed\non Sundays"); // crash: own
}

function caused()
{
    try {
        own();
    } catch (RuntimeException $error) {
        throw new LogicException('no price for the basket', 0, $error);
    }
}

$basket = new Basket();
$ways = [
    'on-null' => fn () => onNull($basket),
    'undefined-function' => fn () => undefinedFunction(),
    'undefined-method' => fn () => undefinedMethod($basket),
    'missing-class' => fn () => missingClass(),
    'wrong-type' => fn () => wrongType($basket),
    'arguments' => fn () => arguments($basket),
    'division' => fn () => division(0),
    'operands' => fn () => operands(),
    'malformed-json' => fn () => malformedJson(),
    'required' => fn () => required(),
    'memory' => fn () => memory(),
    'unhandled-match' => fn () => unhandledMatch('pear'),
    'own' => fn () => own(),
    'caused' => fn () => caused(),
    'logged' => function () {
        try {
            own();
        } catch (RuntimeException $error) {
            echo $error, "\n";
        }
    },
];
$ways[$argv[1]]();
