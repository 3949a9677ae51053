# tries: a student's name that a spreadsheet takes for a formula.
# student: "=1+cmd|' 'A0"
# broken: this is no student's name
