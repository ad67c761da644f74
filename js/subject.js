// Answers cases of the test vectors, one JSON object a line, for a program that judges implementations:
// {"case": "TOPIC/CASE", "topic": …, "input": …} is answered by {"case": the same, "expect": …, "result": …}
// or, where the topic isn't of this reader, by {"case": the same, "unsupported": true}.
import { createInterface } from 'node:readline'
import { answer } from './answer.js'

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line.trim() === '') continue
  const question = JSON.parse(line)
  process.stdout.write(JSON.stringify({ case: question.case, ...(await answer(question)) }) + '\n')
}
