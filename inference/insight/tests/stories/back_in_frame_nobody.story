# Only the voice was ever there: nobody is asked to come back.
0:00 leave
0:00 speak 140
0:40 end
expect no hint back_in_frame
expect eye_contact unsaid
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
