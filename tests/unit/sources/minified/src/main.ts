import { total } from './cart';

console.log(total([{ name: 'tea', price: { cents: 450 } }, { name: 'cup' }]));
