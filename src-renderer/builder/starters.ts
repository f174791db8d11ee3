/** Small workflows that run anywhere, to begin with. */
export interface Starter {
  readonly title: string
  readonly source: string
}

export const starters: readonly Starter[] = [
  {
    title: 'Three steps in a row',
    source: `name: three-steps
description: Makes some numbers, adds them up, and says the result

params:
  count:
    type: integer
    default: 10
    minimum: 1
    description: How many numbers are made

steps:
  make:
    description: Writes the numbers, one a line
    run: seq \${{ inputs.count }} > numbers.txt
    inputs:
      count: \${{ params.count }}
    outputs:
      numbers: { files: numbers.txt }

  add:
    description: Adds them up
    run: awk '{ sum += $1 } END { print sum }' \${{ inputs.numbers }} > sum.json
    inputs:
      numbers: \${{ steps.make.outputs.numbers }}
    outputs:
      sum: { json: sum.json }

  say:
    description: Says the result
    run: echo "The sum is \${{ inputs.sum }}"
    inputs:
      sum: \${{ steps.add.outputs.sum }}
`,
  },
  {
    title: 'The same for each item',
    source: `name: for-each-item
description: Does the same for each item of a list, and puts the results together

params:
  names:
    type: array
    default: [Ada, Grace, Katherine]
    description: Whom to greet

steps:
  greet:
    description: Greets one of them
    forEach:
      items: \${{ params.names }}
      maxParallel: 2
    run: echo "Good morning, \${{ inputs.name }}" > greeting.txt
    inputs:
      name: \${{ item }}
    outputs:
      greeting: { text: greeting.txt }

  collect:
    description: All greetings in one text
    run: printf '%s' "$GREETINGS" | tee greetings.txt
    env:
      GREETINGS: \${{ join(inputs.greetings, "") }}
    inputs:
      greetings: \${{ steps.greet.outputs.greeting }}
    outputs:
      greetings: { text: greetings.txt }
`,
  },
]
