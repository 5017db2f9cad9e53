// Crashes in the way that the first argument names; each crashing line carries a mark.
const assert = require('assert');
const fs = require('fs');
const net = require('net');

class Basket {
  constructor(items) {
    this.items = items;
  }

  total() {
    return this.items.reduce((sum, item) => sum + item.price, 0);
  }
}

function absentProperty(basket) {
  return basket.owner.name; // crash: absent-property
}

function absentResult(list) {
  return list.find((entry) => entry.id === 7).price; // crash: absent-result
}

function notAFunction(basket) {
  return basket.totl(); // crash: not-a-function
}

function undefinedName() {
  return bascket; // crash: undefined-name
}

function constant() {
  const total = 1;
  total += 1; // crash: constant
  return total;
}

function malformedJson() {
  return JSON.parse('{"price": '); // crash: malformed-json
}

function missingModule() {
  return require('pricelib-of-nobody'); // crash: missing-module
}

function missingLocal() {
  return require('./prices-of-nobody'); // crash: missing-local
}

function missingFile() {
  return fs.readFileSync('/srv/desk/prices.csv'); // crash: missing-file
}

function recursion(depth) {
  return recursion(depth + 1) + 1; // crash: recursion
}

function range() {
  return (1.5).toFixed(101); // crash: range
}

function notIterable(value) {
  const [first] = value; // crash: not-iterable
  return first;
}

function assertion() {
  assert.strictEqual(1 + 1, 3); // crash: assertion
}

function circular() {
  const basket = {};
  basket.self = basket;
  return JSON.stringify(basket); // crash: circular
}

function caused() {
  try {
    absentProperty(new Basket([]));
  } catch (error) {
    throw new Error('no owner for the basket', { cause: error });
  }
}

async function rejected() {
  await null;
  return absentProperty(new Basket([]));
}

function aggregate() {
  throw new AggregateError([new TypeError('first price'), new RangeError('second price')], 'two prices are wrong'); // crash: aggregate
}

function own() {
  const error = new Error('the till is closed'); // crash: own
  error.code = 'E_TILL';
  throw error;
}

const WAYS = {
  'absent-property': () => absentProperty(new Basket([])),
  'absent-result': () => absentResult([]),
  'not-a-function': () => notAFunction(new Basket([])),
  'undefined-name': undefinedName,
  constant,
  'malformed-json': malformedJson,
  'missing-module': missingModule,
  'missing-local': missingLocal,
  'missing-file': missingFile,
  recursion: () => recursion(0),
  range,
  'not-iterable': () => notIterable(null),
  assertion,
  circular,
  caused,
  rejected,
  aggregate,
  own,
  refused: () => net.connect(1, '127.0.0.1'),
  'thrown-text': () => {
    throw 'closed on Sundays'; // crash: thrown-text
  },
  memory: () => {
    const kept = [];
    for (;;) kept.push(new Array(1000).fill({ kept: kept.length }));
  },
};

WAYS[process.argv[2]]();
