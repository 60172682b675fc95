'use strict';
const $ = id => document.getElementById(id);
const steps = [...$('steps').children];
const last = steps.length - 1;
const root = document.documentElement;
const asking = document.body.dataset.quiz === 'yes';
const revealed = new Set();
let at = 0, timer = 0;

const marks = 'seen went derived back now'.split(' ');
const drawn = [...document.querySelectorAll('.graph .node, .graph .edge')];
const ids = text => (text || '').split(' ').filter(Boolean).map($);
const computed = new Set(steps.filter(s => s.dataset.phase === 'forward').map(s => s.dataset.box));
const isOpen = k => asking && k === at && steps[k].dataset.answer !== undefined && !revealed.has(k);

function apply(k) {
  const {phase, box, arrows, sum, done} = steps[k].dataset;
  if (phase === 'forward') {
    $(box).classList.add('seen');
    ids(arrows).forEach(e => e.classList.add('went'));
  } else if (phase === 'backward' && !isOpen(k)) {
    if (done) $(box).classList.add('derived');
    ids(sum).forEach(e => e.classList.add('derived'));
    ids(arrows).forEach(e => e.classList.add('back'));
  }
}

function totals(upto) {
  const found = new Map();
  for (let k = 0; k <= upto; k++) {
    const {phase, target, total, done} = steps[k].dataset;
    if (phase === 'backward' && !isOpen(k)) found.set(target, done ? total : total + ' so far');
  }
  $('sums').replaceChildren(...[...found].map(([target, total]) => {
    const row = document.createElement('tr'), head = document.createElement('th'), cell = document.createElement('td');
    head.scope = 'row';
    head.textContent = target;
    cell.textContent = total;
    row.append(head, cell);
    row.classList.toggle('now', target === steps[upto].dataset.target);
    return row;
  }));
  $('table').hidden = !found.size;
}

function show(k, say = true) {
  at = Math.min(Math.max(k, 0), last);
  const step = steps[at], {phase, box, arrows, sum} = step.dataset;
  drawn.forEach(e => e.classList.remove(...marks));
  drawn.filter(e => !computed.has(e.id)).forEach(e => e.classList.contains('node') && e.classList.add('seen'));
  for (let k = 0; k <= at; k++) apply(k);
  ids([box, arrows, sum].join(' ')).forEach(e => e.classList.add('now'));
  $('graph').className = 'graph ' + phase + '-now';
  steps.forEach((s, k) => { s.hidden = k !== at; });
  step.querySelectorAll('.answer').forEach(p => { p.hidden = isOpen(at); });
  totals(at);
  ask();
  $('slider').value = at;
  $('slider').setAttribute('aria-valuetext', step.querySelector('h2').textContent);
  $('count').textContent = at + ' / ' + last;
  for (const id of ['first', 'back']) $(id).disabled = at === 0;
  for (const id of ['next', 'last']) $(id).disabled = at === last;
  if (at === last) pause();
  if (say) $('said').textContent = [...step.children].filter(p => !p.hidden).map(p => p.textContent).join('. ');
  if (location.hash !== '#' + at) history.replaceState(null, '', '#' + at);
  if (box) centre($(box));
}

function centre(box) {
  const place = box.getBoundingClientRect(), view = $('graph').getBoundingClientRect();
  $('graph').scrollLeft += place.left + place.width / 2 - view.left - view.width / 2;
}

function ask() {
  const open = isOpen(at);
  $('quiz').hidden = !open;
  if (!open) return;
  const {target, answer, several} = steps[at].dataset;
  $('question').textContent = several ? 'What is added to ' + target + ' here?' : 'What is ' + target + '?';
  for (const id of ['guess', 'check']) $(id).hidden = answer === '';
  $('guess').value = $('verdict').textContent = '';
}

function check(event) {
  event.preventDefault();
  const wanted = steps[at].dataset.answer.split(' ').map(Number);
  const given = ($('guess').value.replace(/[−–]/g, '-').match(/-?(\d+\.?\d*|\.\d+)(e-?\d+)?/gi) || []).map(Number);
  const near = (a, b) => Math.abs(a - b) <= Math.max(0.01 * Math.abs(b), 0.0005);
  if (given.length === wanted.length && given.every((g, i) => near(g, wanted[i]))) reveal('Right. ');
  else $('verdict').textContent = 'Not yet: what arrives, times the local derivative.';
}

function reveal(verdict) {
  revealed.add(at);
  show(at);
  $('said').textContent = verdict + $('said').textContent;
  $('next').focus();
}

function pause() {
  clearInterval(timer);
  timer = 0;
  $('play').textContent = 'Play';
}

function play() {
  if (timer) return pause();
  if (at === last) show(0);
  $('play').textContent = 'Pause';
  timer = setInterval(() => show(at + 1), 1800);
}

const actions = {
  first: () => show(0), back: () => show(at - 1), play, next: () => show(at + 1), last: () => show(last),
  theme: () => { root.dataset.theme = getComputedStyle(root).colorScheme === 'dark' ? 'light' : 'dark'; },
};
const keys = {ArrowRight: 'next', ArrowLeft: 'back', PageDown: 'next', PageUp: 'back', Home: 'first', End: 'last', ' ': 'play'};
for (const id in actions) $(id).addEventListener('click', () => { if (id !== 'play' && id !== 'theme') pause(); actions[id](); });
$('slider').addEventListener('input', () => { pause(); show(+$('slider').value); });
$('quiz').addEventListener('submit', check);
$('reveal').addEventListener('click', () => reveal(''));
document.addEventListener('keydown', event => {
  const typing = event.target.matches('input'), pressing = event.key === ' ' && event.target.matches('button');
  if (!keys[event.key] || typing || pressing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  $(keys[event.key]).click();
});
const linked = () => { const k = parseInt(location.hash.slice(1), 10); return Number.isNaN(k) ? 0 : k; };
addEventListener('hashchange', () => show(linked()));
$('slider').max = last;
root.classList.add('js');
show(linked(), false);
